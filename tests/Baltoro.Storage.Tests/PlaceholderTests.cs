namespace Baltoro.Storage.Tests;

public class PlaceholderTests
{
}
