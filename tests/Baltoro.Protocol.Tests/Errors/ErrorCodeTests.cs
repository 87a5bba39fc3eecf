using System.Reflection;
using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Protocol.Tests.Errors;

public class ErrorCodeTests
{
    [Fact]
    public void All_ListsEveryCodeOnce()
    {
        IEnumerable<ErrorCode> declared = typeof(ErrorCode)
            .GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType == typeof(ErrorCode))
            .Select(property => (ErrorCode)property.GetValue(null)!);
        Assert.Equal(declared.OrderBy(code => code.Name), ErrorCode.All.OrderBy(code => code.Name));
        Assert.Equal(ErrorCode.All.Count, ErrorCode.All.Select(code => code.Name).Distinct().Count());
        Assert.All(ErrorCode.All, code => Assert.InRange(code.Status, 400, 599));
    }

    [Fact]
    public void Envelope_LeavesOutWhatIsNotThere()
    {
        Assert.Equal(
            """{"error":{"message":"m","type":"server_error"}}""",
            JsonSerializer.Serialize(new WireError(ErrorCode.ServerError, "m").ToReply(), WireJson.Wire.ErrorReply));
        Assert.Equal(
            """{"error":{"message":"m","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""",
            JsonSerializer.Serialize(new WireError(ErrorCode.ContextLengthExceeded, "m", "messages").ToReply(), WireJson.Wire.ErrorReply));
    }
}
