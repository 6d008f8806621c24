/** "1 commit", "3 commits", "2 repositories". */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString("en")} ${n === 1 ? noun : plural(noun)}`;
}

export function plural(noun: string): string {
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  if (/(s|x|ch|sh)$/.test(noun)) return `${noun}es`;
  return `${noun}s`;
}
