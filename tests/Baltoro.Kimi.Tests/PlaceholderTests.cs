namespace Baltoro.Kimi.Tests;

public class PlaceholderTests
{
}
