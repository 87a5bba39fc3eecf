using Baltoro.Platform.Identity;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;

namespace Baltoro.Server.Endpoints;

/// <summary>A chat request that is valid, counted and budgeted, before anything is reserved for it.</summary>
/// <param name="Caller">Who sent it.</param>
/// <param name="Model">What answers it.</param>
/// <param name="Mapped">The request; its budget is <paramref name="Budget"/>.</param>
/// <param name="PromptTokens">Exact size of its prompt.</param>
/// <param name="Budget">Completion tokens of each choice.</param>
/// <param name="Notice">What the backend will do other than asked, or null.</param>
internal sealed record CountedChat(
    Caller Caller, ServedModel Model, MappedRequest Mapped, int PromptTokens, Budget Budget, string? Notice);
