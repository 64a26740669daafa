// What a process holds of the machine's memory, where the system says it without a program of its own (Linux).
import { readFileSync } from "node:fs";

/** Bytes that a process holds now and held at most; `undefined` where nobody says it, or the process is gone. */
export function processMemory(pid: number | undefined): { now: number; peak: number } | undefined {
  if (pid === undefined || process.platform !== "linux") return undefined;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kibibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]);
    const [now, peak] = [kibibytes("VmRSS") * 1024, kibibytes("VmHWM") * 1024];
    return Number.isNaN(now) ? undefined : { now, peak };
  } catch {
    return undefined; // it has ended
  }
}
