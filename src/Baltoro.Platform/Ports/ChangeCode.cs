namespace Baltoro.Platform.Ports;

/// <summary>How a change of organizations, projects, members or keys ended.</summary>
public enum ChangeCode
{
    Done,

    /// <summary>There is no such thing, or not in this organization.</summary>
    Missing,

    /// <summary>It was changed by somebody else since it was read.</summary>
    Conflict,

    /// <summary>There is one of this id or address already.</summary>
    Exists,

    /// <summary>The organization would be left without an owner.</summary>
    LastOwner,
}
