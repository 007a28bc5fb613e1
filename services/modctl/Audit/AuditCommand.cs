using System.CommandLine;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit</c>: the sealed record of decisions and changes.</summary>
internal static class AuditCommand
{
    public static Command Create(Terminal terminal) => new("audit", "Verifies and exports the sealed audit, and makes its keys.")
    {
        AuditVerifyCommand.Create(terminal),
        AuditExportCommand.Create(terminal),
        AuditCheckpointCommand.Create(terminal),
        AuditKeyCommand.Create(terminal),
    };
}
