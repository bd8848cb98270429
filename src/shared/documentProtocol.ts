/** What the extension host and the process that reads documents say to each other. */
import * as z from 'zod/mini';
import { requestType } from './rpc.ts';

/** A folder that the user has named. */
const documentFolder = z.object({
  /** Absolute path. */
  path: z.string(),
  /** What its files are called by: their path from here. */
  base: z.string(),
  /** It is read only if it lies in this folder: whoever wrote the workspace has named it, and not the user. */
  within: z.optional(z.string()),
  /** Nothing is said when it is not there. */
  optional: z.boolean(),
});
export type DocumentFolder = z.infer<typeof documentFolder>;

/** A file, and what changes when it does. */
const documentFile = z.object({
  /** Absolute path. */
  path: z.string(),
  /** Path as the user knows it, with `/`. */
  name: z.string(),
  /** In bytes. */
  size: z.number(),
  mtimeMs: z.number(),
});
export type DocumentFile = z.infer<typeof documentFile>;

/** A piece of a document that makes sense by itself, and where it stands. */
const passagePiece = z.object({
  /** The headings that it stands under, outermost first. */
  heading: z.array(z.string()),
  text: z.string(),
  /** The first and the last line, or page of a PDF, from 1. */
  from: z.number(),
  to: z.number(),
});
export type PassagePiece = z.infer<typeof passagePiece>;

/** Finds the documents of folders. Answers what was left out in words. */
export const findDocuments = requestType(
  'documents/find',
  z.object({ folders: z.array(documentFolder) }),
  z.object({ files: z.array(documentFile), notices: z.array(z.string()) }),
);

/**
 * Reads a document, so many passages at a time.
 * Answered `file-failed` with a message for a person when it is none that can be read.
 */
export const readDocument = requestType(
  'documents/read',
  z.object({ file: documentFile, start: z.number() }),
  z.object({ passages: z.array(passagePiece), more: z.boolean() }),
);
