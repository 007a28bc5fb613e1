using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Reports;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.Enforcement.Host.Rpc;

/// <summary>Reports of users and trusted flaggers. One RPC a file.</summary>
internal sealed partial class ReportRpc(ReportStore store, TrustedFlaggerStore flaggers) : ReportService.ReportServiceBase
{
    private static bool IsCategory(Contracts.V1.HarmCategory category) => category != Contracts.V1.HarmCategory.Unspecified && Enum.IsDefined(category);

    private static bool SeesChildSafety(ServerCallContext context) => Caller.Of(context).Clearances.Contains(Person.ChildSafety);
}
