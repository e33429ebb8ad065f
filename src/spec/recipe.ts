/** The volume group of a layout with logical volumes. The guest has only one. */
export const VOLUME_GROUP = 'vg0';

/** A recipe of partman in one line, as a preseed holds it: the installer splits it at blanks. */
export function joinRecipe(recipe: string): string {
  return recipe.trim().replaceAll(/\s+/g, ' ');
}

/** The method that a recipe is for: only `lvm` makes logical volumes of what is marked for them. */
export function chooseRecipeMethod(recipe: string): 'lvm' | 'regular' {
  return recipe.includes('$lvmok{') ? 'lvm' : 'regular';
}
