/** 8.3 Intra prediction, from edges that are gathered first, so that predictors know nothing of pictures. */
package llm265.h264.intra;
