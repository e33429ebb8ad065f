import type { Rule } from './context.ts';
import {
  findBadHashes,
  findBadUserNames,
  findClearPasswords,
  findNobody,
  findPasswordPairs,
  findUnusedPasswords,
} from './rules/accounts.ts';
import { findOutsideRedirections, findSecretsInCommands } from './rules/commands.ts';
import { findUnloaded } from './rules/components.ts';
import { findOtherProtocol, findOverridden, findRepositoryGaps } from './rules/conflicts.ts';
import {
  findBlankAfterBackslash,
  findCommentInside,
  findEmptyLineInside,
  findLostContinuation,
} from './rules/continuation.ts';
import { findBadLocales, findBadTimeZones } from './rules/locale.ts';
import { findMissingAnswers } from './rules/missing.ts';
import {
  findBadAddresses,
  findBadHostNames,
  findBadInterfaces,
  findBadMirrors,
  findGatewayOutside,
  findIncompleteStatic,
} from './rules/network.ts';
import {
  findErrorsAnswered,
  findLateOptions,
  findUnknownQuestions,
  findWrongOwners,
  findWrongTypes,
} from './rules/questions.ts';
import {
  findBadFilesystems,
  findBadMethods,
  findMountPoints,
  findNoSwap,
  findNothingForLvm,
  findTooManyPrimaries,
  findVolumeGroups,
} from './rules/recipe-content.ts';
import { findBraces, findGlobs, findRecipeEnd, findUnknownSpecifiers } from './rules/recipe-form.ts';
import { findBadRaidRecipe } from './rules/recipe-raid.ts';
import { findBadSizes, findTooLargeRecipe } from './rules/recipe-sizes.ts';
import { findQuotedValues, findSyntaxFaults, findTrailingComments } from './rules/syntax.ts';
import {
  findBadEncoding,
  findByteOrderMark,
  findCarriageReturns,
  findControlCharacters,
  findIndentedComments,
  findInnerReturns,
  findNoAnswers,
} from './rules/text.ts';
import {
  findBadBooleans,
  findBadChecksums,
  findBadChoices,
  findBadDevices,
  findBadNumbers,
  findBadPackages,
  findBadUrls,
} from './rules/values.ts';

/** Every rule of the linter, one thing each. The order does not matter: findings are sorted by place. */
export const RULES: readonly Rule[] = [
  findByteOrderMark,
  findCarriageReturns,
  findInnerReturns,
  findControlCharacters,
  findBadEncoding,
  findNoAnswers,
  findIndentedComments,
  findBlankAfterBackslash,
  findCommentInside,
  findEmptyLineInside,
  findLostContinuation,
  findSyntaxFaults,
  findTrailingComments,
  findQuotedValues,
  findUnknownQuestions,
  findWrongOwners,
  findWrongTypes,
  findErrorsAnswered,
  findLateOptions,
  findBadBooleans,
  findBadChoices,
  findBadNumbers,
  findBadChecksums,
  findBadUrls,
  findBadDevices,
  findBadPackages,
  findBadLocales,
  findBadTimeZones,
  findBadAddresses,
  findGatewayOutside,
  findBadHostNames,
  findBadInterfaces,
  findBadMirrors,
  findIncompleteStatic,
  findBadHashes,
  findClearPasswords,
  findPasswordPairs,
  findBadUserNames,
  findNobody,
  findUnusedPasswords,
  findOverridden,
  findRepositoryGaps,
  findOtherProtocol,
  findUnloaded,
  findOutsideRedirections,
  findSecretsInCommands,
  findRecipeEnd,
  findGlobs,
  findBraces,
  findUnknownSpecifiers,
  findBadSizes,
  findTooLargeRecipe,
  findBadFilesystems,
  findBadMethods,
  findMountPoints,
  findNothingForLvm,
  findNoSwap,
  findVolumeGroups,
  findTooManyPrimaries,
  findBadRaidRecipe,
  findMissingAnswers,
];
