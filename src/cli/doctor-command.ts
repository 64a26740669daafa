// `latent-lab doctor`: what is installed and what runs, and for each problem that a newcomer meets, the remedy.
import type { Command } from "commander";

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("look for what keeps the lab, the kernel or the training from running, and say what to do")
    .argument("[folder]", "folder of your notebooks", ".")
    .action(async (folder: string) => {
      const { examine } = await import("./doctor.js");
      const marks = { good: "✓", note: "·", bad: "✗" } as const;
      const findings = await examine(folder);
      for (const { level, text, remedy } of findings) {
        console.log(`${marks[level]} ${text}`);
        if (remedy !== undefined) console.log(`  → ${remedy}`);
      }
      const bad = findings.filter(({ level }) => level === "bad").length;
      console.log(
        bad === 0 ? "\nNothing stands in the way." : `\n${bad} ${bad === 1 ? "problem" : "problems"} found.`,
      );
      if (bad > 0) process.exitCode = 1;
    });
}
