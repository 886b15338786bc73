/** A Document's text, looked through before anything is made of it; what is wrong with it becomes an `Unreadable`. */
import type { Document } from '../api/client';
import { Unreadable } from './unreadable';

export async function readDocument(text: string): Promise<Document> {
  // Loaded when it is needed first: most readers never open a Document of their own.
  const { NotADocument, documentIn } = await import('../model/check');
  try {
    return documentIn(text);
  } catch (error) {
    if (!(error instanceof NotADocument)) throw error;
    throw new Unreadable(error.message, { cause: error });
  }
}
