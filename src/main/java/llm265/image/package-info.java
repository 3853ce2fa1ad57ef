/** Pictures in files: y4m, png, pgm and ppm, raw planar samples; their ranges, matrices and depths. */
package llm265.image;
