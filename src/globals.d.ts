/** The version in package.json, put in by the bundler and by the test runner. */
declare const RELIGHT_VERSION: string;

declare module '*.sh' {
  const text: string;
  export default text;
}
declare module '*.service' {
  const text: string;
  export default text;
}
declare module '*.hbs' {
  const text: string;
  export default text;
}
