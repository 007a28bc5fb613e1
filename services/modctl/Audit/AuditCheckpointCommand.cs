using System.CommandLine;
using System.Text;
using Moderation.Enforcement.Audit;
using Moderation.ModCtl.Shell;

namespace Moderation.ModCtl.Audit;

/// <summary><c>modctl audit checkpoint</c>: a checkpoint to keep outside the suite.</summary>
internal static class AuditCheckpointCommand
{
    public static Command Create(Terminal terminal)
    {
        var number = new Option<long>("--number") { Description = "Its number; without it: the latest" };
        var command = new Command("checkpoint", "Prints a checkpoint: keep it outside the suite, for modctl audit verify --checkpoint.") { number };
        var token = CredentialOptions.Token().AddTo(command);
        command.Calls(terminal, AddressOption.OfEnforcement(), async (parsed, address, cancellationToken) =>
        {
            using var connection = new AuditConnection(address, token.Header(parsed, terminal));
            var checkpoint = await connection.CheckpointAsync(parsed.GetValue(number), cancellationToken);
            terminal.Out.Write(Encoding.UTF8.GetString(new CheckpointLine(checkpoint).ToJson()));
            return 0;
        });
        return command;
    }
}
