using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Access;
using Moderation.Enforcement.Host.Policies;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    private const int MostDecisions = 2_000_000;
    private const int DefaultDecisions = 100_000;
    private const int MostSamples = 50;
    private const int DefaultSamples = 10;

    public override async Task<SimulatePolicyResponse> SimulatePolicy(SimulatePolicyRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.Require(request.Version >= 0 && (request.Version == 0) == (request.Document is not null), "version", "must be given, or else a document");
        if (request.Document is not null)
        {
            RequireDocument(violations, request.Document);
        }

        if (request.TenantId.Length > 0)
        {
            violations.RequireName(request.TenantId, "tenant_id");
        }

        violations.Require(request.StartTime is null || ApiKeyMapping.IsTime(request.StartTime), "start_time", "must be a time");
        violations.Require(request.EndTime is null || ApiKeyMapping.IsTime(request.EndTime), "end_time", "must be a time");
        violations.Require(request.MaxDecisions is >= 0 and <= MostDecisions, "max_decisions", $"must be 1..{MostDecisions}, or 0 for {DefaultDecisions}");
        violations.Require(request.SampleSize is >= 0 and <= MostSamples, "sample_size", $"must be 1..{MostSamples}, or 0 for {DefaultSamples}");
        violations.ThrowIfAny();
        var policy = request.Document is { } document
            ? Compile(document)
            : await library.FindAsync(request.Version) ?? throw RpcErrors.Create(ErrorReason.PolicyVersionNotFound, ("version", $"{request.Version}"));
        // Now is a moment that the decisions of this very millisecond belong to.
        var range = new RecordedRange(
            request.TenantId, request.StartTime?.ToDateTimeOffset() ?? DateTimeOffset.MinValue,
            request.EndTime?.ToDateTimeOffset() ?? time.GetUtcNow().AddMilliseconds(1), request.MaxDecisions > 0 ? request.MaxDecisions : DefaultDecisions);
        try
        {
            return await workbench.SimulateAsync(
                policy, request.Version, range, request.SampleSize > 0 ? request.SampleSize : DefaultSamples, Caller.Of(context).Subject,
                context.CancellationToken);
        }
        catch (InvalidDataException broken)
        {
            throw RpcErrors.Create(ErrorReason.AuditArchiveBroken, ("segment", broken.Message));
        }
    }
}
