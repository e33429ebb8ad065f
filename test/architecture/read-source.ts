import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** One import, export-from, dynamic import or import type of a source file. */
export interface ImportFact {
  readonly module: string;
  readonly typeOnly: boolean;
  /** The imported names; `*` for a whole module, `default` for its default export. */
  readonly names: readonly string[];
  readonly line: number;
}

/** What the rules ask about one file of src. `path` is relative to src. */
export interface SourceFacts {
  readonly path: string;
  /** The folder right below src, or the file's name for a file that lies in src itself. */
  readonly folder: string;
  readonly lines: number;
  readonly imports: readonly ImportFact[];
  /** Free uses of names that may be globals, with their line. */
  readonly globals: readonly { readonly name: string; readonly line: number }[];
  readonly clockAndChance: readonly { readonly text: string; readonly line: number }[];
  readonly badExports: readonly { readonly text: string; readonly line: number }[];
}

/** Reads every TypeScript file of a source folder. */
export function readSources(root: string): SourceFacts[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => readFacts(path, readFileSync(`${root}/${path}`, 'utf8')));
}

/** Reads the facts of one file out of its syntax tree. */
export function readFacts(path: string, text: string): SourceFacts {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const imports: ImportFact[] = [];
  const globals: { name: string; line: number }[] = [];
  const clockAndChance: { text: string; line: number }[] = [];
  const badExports: { text: string; line: number }[] = [];
  const declared = new Set<string>();
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;

  const visit = (node: ts.Node): void => {
    const found = readImport(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(node) });
    if (isDefaultOrStarExport(node)) {
      badExports.push({ text: node.getText().split('\n', 1)[0] ?? '', line: lineOf(node) });
    }
    const chance = readClockOrChance(node);
    if (chance !== undefined) clockAndChance.push({ text: chance, line: lineOf(node) });
    if (ts.isIdentifier(node)) {
      if (isDeclaredHere(node)) declared.add(node.text);
      else if (isFreeUse(node)) globals.push({ name: node.text, line: lineOf(node) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return {
    path,
    folder: path.includes('/') ? path.slice(0, path.indexOf('/')) : path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports,
    globals: globals.filter(({ name }) => !declared.has(name)),
    clockAndChance,
    badExports,
  };
}

function readImport(node: ts.Node): Omit<ImportFact, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { module: node.moduleSpecifier.text, ...readClause(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    const clause = node.exportClause;
    const elements = clause !== undefined && ts.isNamedExports(clause) ? clause.elements : undefined;
    const names = elements?.map((element) => (element.propertyName ?? element.name).text) ?? ['*'];
    const typeOnly = node.isTypeOnly || (elements?.every((element) => element.isTypeOnly) ?? false);
    return { module: node.moduleSpecifier.text, typeOnly, names };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [argument] = node.arguments;
    // A module whose name is computed could be any: it is refused as unknown.
    const module = argument !== undefined && ts.isStringLiteral(argument) ? argument.text : '(computed)';
    return { module, typeOnly: false, names: readAwaitedNames(node) };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    return { module: ts.isStringLiteral(literal) ? literal.text : '(computed)', typeOnly: true, names: [] };
  }
  return undefined;
}

function readClause(clause: ts.ImportClause | undefined): { typeOnly: boolean; names: string[] } {
  if (clause === undefined) return { typeOnly: false, names: ['*'] };
  const { namedBindings } = clause;
  if (namedBindings === undefined || !ts.isNamedImports(namedBindings)) {
    return { typeOnly: clause.isTypeOnly, names: [namedBindings === undefined ? 'default' : '*'] };
  }
  const elements = namedBindings.elements;
  const names = elements.map((element) => (element.propertyName ?? element.name).text);
  if (clause.name !== undefined) names.push('default');
  const allTypes = clause.name === undefined && elements.every((element) => element.isTypeOnly);
  return { typeOnly: clause.isTypeOnly || allTypes, names };
}

/** `const { a, b } = await import('x')` imports a and b; any other form imports everything. */
function readAwaitedNames(node: ts.CallExpression): string[] {
  const declaration = ts.isAwaitExpression(node.parent) ? node.parent.parent : undefined;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return ['*'];
  if (!ts.isObjectBindingPattern(declaration.name)) return ['*'];
  return declaration.name.elements.map((element) => (element.propertyName ?? element.name).getText());
}

function isDefaultOrStarExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true;
  if (ts.isExportDeclaration(node)) {
    const clause = node.exportClause;
    if (clause === undefined) return true;
    return ts.isNamedExports(clause) && clause.elements.some((element) => element.name.text === 'default');
  }
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
  );
}

function readClockOrChance(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const text = node.getText().replace(/\s|\?/g, '');
    return /^(Date\.now|Math\.random|Date\[|Math\[)/.exec(text)?.[0];
  }
  const isDate = (expression: ts.Expression) => ts.isIdentifier(expression) && expression.text === 'Date';
  if (ts.isNewExpression(node) && isDate(node.expression) && (node.arguments?.length ?? 0) === 0) {
    return 'new Date()';
  }
  return ts.isCallExpression(node) && isDate(node.expression) ? 'Date()' : undefined;
}

function isDeclaredHere(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return true;
  const named =
    ts.isVariableDeclaration(parent) ||
    ts.isParameter(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isBindingElement(parent);
  return named && parent.name === node;
}

/** Whether an identifier stands for a variable, not for a property, a key, a label or a type's member. */
function isFreeUse(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) return false;
  if (ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) return false;
  return true;
}
