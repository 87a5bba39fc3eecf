using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Baltoro.Protocol.Admin;

/// <summary>Source-generated JSON of the admin API.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AdminPage<OrganizationEntry>), TypeInfoPropertyName = "OrganizationPage")]
[JsonSerializable(typeof(AdminPage<ProjectEntry>), TypeInfoPropertyName = "ProjectPage")]
[JsonSerializable(typeof(AdminPage<MemberEntry>), TypeInfoPropertyName = "MemberPage")]
[JsonSerializable(typeof(AdminPage<KeyEntry>), TypeInfoPropertyName = "KeyPage")]
[JsonSerializable(typeof(AdminPage<AuditEntry>), TypeInfoPropertyName = "AuditPage")]
[JsonSerializable(typeof(AdminPage<LimitRequestEntry>), TypeInfoPropertyName = "LimitRequestPage")]
[JsonSerializable(typeof(AdminPage<TierEntry>), TypeInfoPropertyName = "TierPage")]
[JsonSerializable(typeof(OrganizationEntry))]
[JsonSerializable(typeof(ProjectEntry))]
[JsonSerializable(typeof(MemberEntry))]
[JsonSerializable(typeof(KeyEntry))]
[JsonSerializable(typeof(LimitsEntry))]
[JsonSerializable(typeof(TermsBody))]
[JsonSerializable(typeof(BalanceEntry))]
[JsonSerializable(typeof(TopUpEntry))]
[JsonSerializable(typeof(UsageReply))]
[JsonSerializable(typeof(LimitRequestEntry))]
[JsonSerializable(typeof(RemovedEntry))]
[JsonSerializable(typeof(OrganizationBody))]
[JsonSerializable(typeof(ProjectBody))]
[JsonSerializable(typeof(MemberBody))]
[JsonSerializable(typeof(KeyBody))]
[JsonSerializable(typeof(RotateBody))]
[JsonSerializable(typeof(LimitsBody))]
[JsonSerializable(typeof(LimitRequestBody))]
[JsonSerializable(typeof(TopUpBody))]
[JsonSerializable(typeof(CreditBody))]
[JsonSerializable(typeof(VoucherBody))]
[JsonSerializable(typeof(VoucherEntry))]
[JsonSerializable(typeof(RedeemBody))]
[JsonSerializable(typeof(RerateBody))]
[JsonSerializable(typeof(RerateEntry))]
[JsonSerializable(typeof(InvoiceEntry))]
[JsonSerializable(typeof(string))]
public sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>The context to use: text is written as UTF-8, not as escapes.</summary>
    public static AdminJson Wire { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
