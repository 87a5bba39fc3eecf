namespace Baltoro.Engine.Tests;

public class PlaceholderTests
{
}
