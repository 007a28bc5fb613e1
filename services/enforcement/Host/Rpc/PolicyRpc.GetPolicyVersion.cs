using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<GetPolicyVersionResponse> GetPolicyVersion(GetPolicyVersionRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        RequireVersion(violations, request.Version);
        violations.ThrowIfAny();
        if (await store.FindVersionAsync(request.Version) is { } record)
        {
            return new GetPolicyVersionResponse { Version = record.Version, Document = record.Document };
        }

        return request.Version == 1 && catalogue.Current.StateVersion == 0
            ? new GetPolicyVersionResponse { Version = FileVersion(), Document = catalogue.FileDocument }
            : throw RpcErrors.Create(ErrorReason.PolicyVersionNotFound, ("version", $"{request.Version}"));
    }

    private PolicyVersion FileVersion() => new() { Version = 1, Name = catalogue.File.Version, Author = "file", Reason = "The policy file." };
}
