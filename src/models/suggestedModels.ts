/** Models of Ollama's library that write SQL and follow a JSON schema, small ones first: a start for those who have none yet. */

export interface SuggestedModel {
  readonly name: string;
  /** What is downloaded, about, as the library says it. */
  readonly gigabytes: number;
  /** Memory that it wants beside the system's own, about, in GB. */
  readonly memory: number;
}

export const suggestedModels: readonly SuggestedModel[] = [
  { name: 'qwen2.5-coder:3b', gigabytes: 1.9, memory: 4 },
  { name: 'qwen2.5-coder:7b', gigabytes: 4.7, memory: 8 },
  { name: 'qwen3:8b', gigabytes: 5.2, memory: 8 },
  { name: 'qwen2.5-coder:14b', gigabytes: 9, memory: 12 },
  { name: 'gpt-oss:20b', gigabytes: 14, memory: 16 },
  { name: 'qwen3:30b', gigabytes: 19, memory: 24 },
];
