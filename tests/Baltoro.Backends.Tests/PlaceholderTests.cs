namespace Baltoro.Backends.Tests;

public class PlaceholderTests
{
}
