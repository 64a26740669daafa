// The script of an exported notebook that is one file.
import { drawFigures } from "./figures";

drawFigures();
