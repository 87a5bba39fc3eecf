namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>Where an answer stands.</summary>
internal enum TurnState
{
    /// <summary>In an open thought.</summary>
    Thinking,

    /// <summary>In the answer's text, or before it.</summary>
    Content,

    /// <summary>Behind the beginning of the tool section.</summary>
    Section,

    /// <summary>In the id of a call.</summary>
    CallId,

    /// <summary>In the arguments of a call.</summary>
    Arguments,

    /// <summary>Behind a call.</summary>
    AfterCall,

    /// <summary>Behind the tool section.</summary>
    AfterSection,

    /// <summary>The turn has ended.</summary>
    Ended,
}
