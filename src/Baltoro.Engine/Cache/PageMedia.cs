using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Cache;

/// <summary>What an image contributes to a page of a prompt: pad tokens alone do not say which image they stand for.</summary>
/// <param name="Hash">The image.</param>
/// <param name="FirstSlot">First slot of the page that it fills.</param>
/// <param name="FirstToken">Which of its media tokens stands there.</param>
internal readonly record struct PageMedia(ContentHash Hash, int FirstSlot, int FirstToken);
