import { testExamples } from "../docs/examples.js";

testExamples(["data.md", "models.md"], 7);
