/** How the directory of the sample's socket is named: its process makes it, its parent removes it after a kill. */
export const socketDirectoryPrefix = 'khipu-sample-';
