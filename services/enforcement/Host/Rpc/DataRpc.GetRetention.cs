using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Lifecycle;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    public override async Task<GetRetentionResponse> GetRetention(GetRetentionRequest request, ServerCallContext context)
    {
        var sweep = await sweeps.LoadAsync();
        return new GetRetentionResponse { Rows = { RetentionTable.Rules.Select(ToContract) }, LastSweep = sweep.Last, RunningSweep = sweep.Running };
    }

    private RetentionRow ToContract(RetentionRule rule) => new()
    {
        Kind = rule.Kind,
        Key = rule.Key,
        Minimum = rule.Minimum is { } minimum ? Duration.FromTimeSpan(minimum) : null,
        Maximum = rule.Maximum is { } maximum ? Duration.FromTimeSpan(maximum) : null,
        Configured = retention.Configured.TryGetValue(rule.Setting, out var configured) ? Duration.FromTimeSpan(configured)
            : rule.Minimum is { } only && only == rule.Maximum ? Duration.FromTimeSpan(only) : null,
        Setting = RetentionCatalogue.IsFixed(rule.Setting) ? "" : rule.Setting,
        EndedBy = rule.EndedBy switch
        {
            RetentionEnd.Expiry => "expiry",
            RetentionEnd.Sweep => "sweep",
            RetentionEnd.Trim => "trim",
            RetentionEnd.Object => "object",
            _ => "never",
        },
        Source = rule.Source,
    };
}
