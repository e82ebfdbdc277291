import { byteWords } from "../files/byte-words.ts";

/** "1 file, 12 bytes", "438 files, 12 MB". */
export function amount(files: number, bytes: number): string {
  return `${files} ${files === 1 ? "file" : "files"}, ${byteWords(bytes)}`;
}
