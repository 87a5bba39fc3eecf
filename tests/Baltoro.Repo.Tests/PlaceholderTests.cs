namespace Baltoro.Repo.Tests;

public class PlaceholderTests
{
}
