/** Pictures in files: y4m, png, pgm and ppm, raw planar samples. */
package llm265.image;
