namespace Baltoro.Protocol.Tests;

public class PlaceholderTests
{
}
