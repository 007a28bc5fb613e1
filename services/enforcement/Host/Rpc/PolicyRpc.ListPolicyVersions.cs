using System.Globalization;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Enforcement.Host.Rpc;

internal sealed partial class PolicyRpc
{
    public override async Task<ListPolicyVersionsResponse> ListPolicyVersions(ListPolicyVersionsRequest request, ServerCallContext context)
    {
        var violations = new FieldViolations();
        var size = Paging.Require(violations, request.PageSize);
        var latest = RequireNumber(violations, request.PageToken);
        violations.ThrowIfAny();
        if (await store.ReadAsync() is not { } present)
        {
            return new ListPolicyVersionsResponse { Versions = { FileVersion() } };
        }

        var from = Math.Min(latest, present.State.LastVersion);
        var numbers = Enumerable.Range(0, size).Select(i => from - i).Where(n => n >= 1);
        var records = await Task.WhenAll(numbers.Select(store.FindVersionAsync));
        var next = from - size;
        return new ListPolicyVersionsResponse
        {
            Versions = { records.OfType<PolicyVersionRecord>().Select(r => r.Version) },
            NextPageToken = next >= 1 ? next.ToString(CultureInfo.InvariantCulture) : "",
        };
    }

    private static long RequireNumber(FieldViolations violations, string token)
    {
        var number = long.MaxValue;
        violations.Require(
            token.Length == 0 || (long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0), "page_token",
            "must be as answered by the call before");
        return number;
    }
}
