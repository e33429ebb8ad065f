// biome-ignore lint/suspicious/noTemplateCurlyInString: fields of dpkg-query(1), not of a template
const INSTALLED_FORMAT = '${Package} ${db:Status-Status}\n';

/** argv of dpkg-query(1) for every package and its state. */
export const DPKG_LIST_ARGV: readonly string[] = ['dpkg-query', '--show', '--showformat', INSTALLED_FORMAT];

/** argv of dpkg(1) that lists packages whose installation was cut off; no output: none. */
export const DPKG_AUDIT_ARGV: readonly string[] = ['dpkg', '--audit'];

/** argv of dpkg(1) that finishes what was cut off. Files of a person stay as they are. */
export const DPKG_CONFIGURE_ARGV: readonly string[] = ['dpkg', '--force-confold', '--configure', '-a'];

export const DPKG_ARCHITECTURE_ARGV: readonly string[] = ['dpkg', '--print-architecture'];

/** argv of dpkg-divert(1) for all diversions. */
export const DIVERSIONS_ARGV: readonly string[] = ['dpkg-divert', '--list'];
