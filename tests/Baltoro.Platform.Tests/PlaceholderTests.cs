namespace Baltoro.Platform.Tests;

public class PlaceholderTests
{
}
