using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>A person follows one project no longer, or none at all; doing so again changes nothing.</summary>
internal static class StopFollowing
{
    private static readonly Statement _delete = new(_ =>
        "DELETE FROM Follow WHERE AccountId = @account AND (@project IS NULL OR Project = @project)"
    );

    /// <param name="Account">Whose.</param>
    /// <param name="Project">Key of the project; absent for all.</param>
    public sealed record Command(Guid Account, string? Project) : ICommand<Unit>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Command, Unit>
    {
        public async Task<Unit> Handle(Command request, CancellationToken cancellationToken)
        {
            var which = new { account = request.Account, project = request.Project?.ToLowerInvariant() };
            await database.WriteAsync(session => session.ExecuteAsync(_delete, which, cancellationToken), cancellationToken);
            return Unit.Value;
        }
    }
}
