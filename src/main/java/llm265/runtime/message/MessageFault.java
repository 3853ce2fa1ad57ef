package llm265.runtime.message;

import llm265.h264.MalformedStreamException;

/** Damage in a message. */
final class MessageFault {
  private MessageFault() {}

  static MalformedStreamException of(String field, String problem) {
    return new MalformedStreamException(field, "SPEC.md, Run-time messages", problem);
  }
}
