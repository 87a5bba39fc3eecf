namespace Baltoro.Cli.Tests;

public class PlaceholderTests
{
}
