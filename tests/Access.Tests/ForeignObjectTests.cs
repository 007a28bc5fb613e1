using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Xunit;

namespace Moderation.Access.Tests;

/// <summary>What belongs to another tenant is answered exactly as what does not exist, by every RPC that takes an id.</summary>
public sealed partial class ForeignObjectTests(TenantObjects objects) : IClassFixture<TenantObjects>
{
    // Ids that name no object: they are the caller's own choice.
    private static readonly string[] OwnChoice = ["tenant_id", "request_id"];

    // What is made by a call has no object yet. That ids of keys are unique in the installation is said in the contract.
    private static readonly string[] Makers = ["enforcement.EnforcementService/CreateApiKey", "enforcement.DeliveryService/CreateWebhook"];

    public static TheoryData<string> Rpcs() =>
    [
        .. AnyRpc.All.Where(r => (r.Value.IsPublic || r.Value.IsPeoples) && !r.Value.InstallationWide && !r.Value.Method.IsClientStreaming)
            .Where(r => !Makers.Contains(r.Key) && Ids(r.Value.Method.InputType).Any()).Select(r => r.Key).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Rpcs))]
    public async Task Object_of_another_tenant_is_as_unknown_as_one_that_does_not_exist(string rpc)
    {
        var rule = AnyRpc.All[rpc];
        var callers = new List<Metadata>();
        if (rule.IsPublic)
        {
            callers.Add(await objects.Access.KeyAsync(AccessFixture.Other, [.. ApiKeyScopes.All]));
        }

        callers.AddRange(rule.Roles.Select(r => objects.Access.Person(r, AccessFixture.Other, AccessFixture.Other)));
        foreach (var caller in callers)
        {
            var foreign = await OutcomeAsync(rule, objects.Real, caller);
            Assert.DoesNotContain("INVALID_FIELDS", foreign, StringComparison.Ordinal); // else nothing was looked for
            Assert.Equal(await OutcomeAsync(rule, objects.Unknown, caller), foreign);
        }
    }

    [Fact]
    public async Task Objects_are_there_for_their_own_tenant()
    {
        foreach (var rpc in new[]
        {
            "ingest.IngestService/GetPost", "enforcement.EnforcementService/GetDecision", "enforcement.EnforcementService/GetAccountStanding",
            "enforcement.ReviewService/GetReviewTask", "enforcement.AppealService/GetAppeal", "enforcement.ReportService/GetReport",
            "enforcement.OrderService/GetOrder", "enforcement.PreservationService/GetPreservation", "enforcement.TransparencyService/GetTransparencyStatements",
        })
        {
            var rule = AnyRpc.All[rpc];
            var auditor = objects.Access.Person(Role.Auditor, AccessFixture.Mine, AccessFixture.Mine);
            Assert.NotEqual(await OutcomeAsync(rule, objects.Unknown, auditor), await OutcomeAsync(rule, objects.Real, auditor));
        }
    }

    private static IEnumerable<FieldDescriptor> Ids(MessageDescriptor type) => type.Fields.InDeclarationOrder()
        .Where(f => f.FieldType == FieldType.String && !f.IsRepeated && f.Name.EndsWith("_id", StringComparison.Ordinal) && !OwnChoice.Contains(f.Name));

    private async Task<string> OutcomeAsync(AccessRule rule, IReadOnlyDictionary<string, string> ids, Metadata caller)
    {
        var request = Request(rule.Method.InputType, ids, caller.Get(AccessInterceptor.TenantHeader)?.Value ?? AccessFixture.Other);
        try
        {
            var answers = await AnyRpc.CallAsync(objects.Access.Suite.Channel(AnyRpc.HostOf(rule.Method)), rule.Method, request, caller);
            return Neutral(string.Concat(answers.Select(a => a is ExportAccountResponse export ? export.Ndjson.ToStringUtf8() : $"{a}")), ids);
        }
        catch (RpcException failure)
        {
            return Neutral($"{failure.StatusCode} {failure.Status.Detail} {failure.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>()}", ids);
        }
    }

    private static IMessage Request(MessageDescriptor type, IReadOnlyDictionary<string, string> ids, string tenant)
    {
        var request = type.Parser.ParseFrom([]);
        foreach (var id in Ids(type))
        {
            Assert.True(ids.TryGetValue(id.Name, out var value), $"{type.Name}.{id.Name}: say in {nameof(TenantObjects)} which object this is.");
            id.Accessor.SetValue(request, value);
        }

        type.FindFieldByName("request_id")?.Accessor.SetValue(request, $"request-{Guid.NewGuid():n}");
        type.FindFieldByName("rationale")?.Accessor.SetValue(request, "It breaks no rule.");
        type.FindFieldByName("etag")?.Accessor.SetValue(request, "1");
        type.FindFieldByName("tenant_id")?.Accessor.SetValue(request, tenant);
        switch (request)
        {
            case RotateApiKeyRequest rotate:
                rotate.OldSecretEndTime = Timestamp.FromDateTime(DateTime.UtcNow);
                break;
            case UpdateWebhookRequest update:
                update.Webhook = new Webhook { State = WebhookState.Paused };
                update.UpdateMask = FieldMask.FromString("state");
                break;
            case SetLegalHoldRequest hold:
                (hold.LegalGround, hold.EndTime) = ("Case 1", Timestamp.FromDateTime(DateTime.UtcNow.AddDays(1)));
                break;
            case ReportEffectRequest effect:
                effect.Reports.Add(new EffectReport { Kind = EffectKind.NoticeDelivered });
                break;
            case MakeDecisionRequest decide:
                decide.Verdict = new Verdict { Rationale = "It breaks no rule." };
                break;
            case FileReportRequest report:
                (report.Category, report.Explanation) = (HarmCategory.FraudSpam, "It is a scam.");
                break;
            case CompleteReviewRequest complete:
                complete.Verdict = new Verdict { Rationale = "It breaks no rule." };
                break;
        }

        return request;
    }

    // Ids that are minted and times differ between any two calls; the ids that were asked for stand in answers.
    private static string Neutral(string answer, IReadOnlyDictionary<string, string> ids)
        => Changing().Replace(ids.Values.Aggregate(answer, (text, id) => text.Replace(id, "ID", StringComparison.Ordinal)), "-");

    [GeneratedRegex(@"[a-z]_\d+_[0-9A-Z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+Z|request-[0-9a-f]{32}")]
    private static partial Regex Changing();
}
