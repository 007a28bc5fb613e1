using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class DataRpc
{
    public override async Task ExportAccount(ExportAccountRequest request, IServerStreamWriter<ExportAccountResponse> responseStream, ServerCallContext context)
    {
        var violations = new FieldViolations();
        violations.RequireId(request.AccountId, "account_id");
        violations.ThrowIfAny();
        await foreach (var chunk in exports.ReadAsync(Caller.TenantOf(context), request.AccountId, context.CancellationToken))
        {
            await responseStream.WriteAsync(new ExportAccountResponse { Ndjson = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
        }
    }
}
