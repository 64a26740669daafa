export interface Contender {
  name: string;
}
export function ownContender(): Promise<Contender>;
