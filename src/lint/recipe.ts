/** A word of a recipe and where it starts in the value. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/** `key{ value }` of a partition; `value` is joined with single blanks. */
export interface Specifier {
  readonly key: string;
  readonly value: string;
  readonly word: Word;
}

export interface RecipePartition {
  readonly words: readonly Word[];
  readonly minimum: Word | undefined;
  readonly priority: Word | undefined;
  readonly maximum: Word | undefined;
  readonly filesystem: Word | undefined;
  readonly specifiers: readonly Specifier[];
  /** Words that are no specifier. */
  readonly strays: readonly Word[];
  readonly unclosed: Word | undefined;
}

export interface Recipe {
  /** The words before ":" or "::"; empty when there is none. */
  readonly name: readonly Word[];
  readonly partitions: readonly RecipePartition[];
  /** Words after the last full stop: the installer never uses them. */
  readonly rest: readonly Word[];
}

/**
 * Reads an expert_recipe as decode_recipe does (partman-auto, lib/recipes.sh): words at blanks, ":" or "::" ends the
 * name and "." alone ends a partition.
 */
export function parseRecipe(text: string): Recipe {
  let name: readonly Word[] = [];
  let words: Word[] = [];
  const partitions: RecipePartition[] = [];
  for (const match of text.matchAll(/\S+/g)) {
    const word = { text: match[0], offset: match.index };
    if (word.text === ':' || word.text === '::') {
      name = words;
      words = [];
    } else if (word.text === '.') {
      partitions.push(parsePartition(words));
      words = [];
    } else {
      words.push(word);
    }
  }
  return { name, partitions, rest: words };
}

function parsePartition(words: readonly Word[]): RecipePartition {
  const [minimum, priority, maximum, filesystem, ...others] = words;
  return { words, minimum, priority, maximum, filesystem, ...parseSpecifiers(others) };
}

function parseSpecifiers(
  words: readonly Word[],
): Pick<RecipePartition, 'specifiers' | 'strays' | 'unclosed'> {
  const specifiers: Specifier[] = [];
  const strays: Word[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    if (!/^[^{}]+\{$/.test(word.text)) {
      strays.push(word);
      continue;
    }
    const length = words.slice(index + 1).findIndex((candidate) => candidate.text === '}');
    if (length === -1) return { specifiers, strays, unclosed: word };
    const value = words.slice(index + 1, index + 1 + length).map((part) => part.text);
    specifiers.push({ key: word.text.slice(0, -1), value: value.join(' '), word });
    index += length + 1;
  }
  return { specifiers, strays, unclosed: undefined };
}

export function findSpecifier(partition: RecipePartition, key: string): Specifier | undefined {
  return partition.specifiers.find((specifier) => specifier.key === key);
}
