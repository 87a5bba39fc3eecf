namespace Baltoro.Platform.Limits;

/// <summary>State of a request for custom limits. The numbers are stored: never renumber.</summary>
public enum LimitRequestState
{
    Open = 0,
    Approved = 1,
    Denied = 2,
}
