namespace Baltoro.Server.Tests;

public class PlaceholderTests
{
}
