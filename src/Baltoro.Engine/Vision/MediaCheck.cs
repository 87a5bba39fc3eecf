namespace Baltoro.Engine.Vision;

/// <summary>Checks the images of a request against the loaded model, before anything is accepted.</summary>
internal static class MediaCheck
{
    /// <exception cref="ArgumentException">The message names field, found and allowed.</exception>
    public static void Validate(GenerationRequest request, VisionFacts? vision)
    {
        if (request.Media.Count == 0)
        {
            return;
        }

        if (vision is null)
        {
            throw Wrong($"has {request.Media.Count} images; the loaded model has no vision tower and takes text only");
        }

        int end = 0;
        for (int i = 0; i < request.Media.Count; i++)
        {
            MediaSpan span = request.Media[i];
            CheckImage(span.Image, i, vision);
            CheckPlace(request, span, i, end, vision);
            end = span.End;
        }
    }

    private static void CheckImage(ImageInput image, int index, VisionFacts vision)
    {
        Require(image.Frames <= vision.FrameLimit, index, "frames", image.Frames, $"1 to {vision.FrameLimit}");
        CheckSide(image.Rows, index, "rows of patches", vision);
        CheckSide(image.Columns, index, "columns of patches", vision);
        long values = image.PatchCount * 3 * vision.PatchSize * vision.PatchSize;
        Require(image.Patches.Length == values, index, "values", image.Patches.Length, $"{values} for its grid");
    }

    private static void CheckSide(int patches, int index, string what, VisionFacts vision) => Require(
        patches % vision.MergeSize == 0 && patches <= vision.SideLimit,
        index,
        what,
        patches,
        $"multiples of {vision.MergeSize} up to {vision.SideLimit}");

    private static void CheckPlace(GenerationRequest request, MediaSpan span, int index, int end, VisionFacts vision)
    {
        int tokens = span.Image.Rows / vision.MergeSize * (span.Image.Columns / vision.MergeSize);
        Require(span.TokenCount == tokens, index, "tokens", span.TokenCount, $"{tokens} for its grid");
        Require(span.Position >= end, index, "first position", span.Position, $"{end} or later, behind the image before it");
        int most = request.PromptIds.Length - span.TokenCount;
        Require(span.Position <= most, index, "first position", span.Position, $"at most {most}, so that it ends inside the prompt");
        if (vision.MediaPadId is not int pad)
        {
            return;
        }

        ReadOnlySpan<int> ids = request.PromptIds.Span.Slice(span.Position, span.TokenCount);
        int other = ids.IndexOfAnyExcept(pad);
        if (other >= 0)
        {
            throw Wrong($"{index}: the token at position {span.Position + other} is {ids[other]}; allowed is the media pad {pad}");
        }
    }

    private static void Require(bool holds, int index, string what, long found, string allowed)
    {
        if (!holds)
        {
            throw Wrong($"{index}: {what}: {found}; allowed is {allowed}");
        }
    }

    private static ArgumentException Wrong(string text) => new($"{nameof(GenerationRequest.Media)} {text}.", nameof(GenerationRequest.Media));
}
