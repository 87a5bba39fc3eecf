namespace Baltoro.Kimi.Conversation;

/// <summary>Why a backend could not answer; the server maps each to an HTTP status and error type.</summary>
public enum ChatFaultKind
{
    /// <summary>Prompt, or prompt and budget, exceed the window.</summary>
    ContextLength,

    /// <summary>The backend refuses this request's content or fields.</summary>
    InvalidRequest,

    /// <summary>No capacity at present; retry later.</summary>
    Overloaded,

    /// <summary>The backend cannot be reached or failed.</summary>
    Unavailable,

    /// <summary>A defect on our side.</summary>
    Internal,
}
