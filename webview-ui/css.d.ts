/** Style sheets are taken by esbuild, which writes them beside the script. */
declare module '*.css';
