using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Duties;

/// <summary>A page of the duties to report in a cycle.</summary>
/// <param name="Data">The duties, in the order of the projects.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
/// <param name="Cycle">The cycle; absent when none has opened yet.</param>
/// <param name="Completeness">How many have reported of all that were asked for, whatever their state.</param>
public sealed record DutyPage(IReadOnlyList<Duty> Data, string? Next, Reference? Cycle, Completeness Completeness) : IPage
{
    internal static DutyPage Example =>
        new(
            [
                new Duty
                {
                    Project = new("parken-in-hoerde", "Parken in Hörde"),
                    Cycle = new("2026-q4", "4. Quartal 2026"),
                    State = DutyState.Missing,
                    DueOn = new(2026, 11, 26),
                    Since = new(2026, 11, 27),
                    MissedCycles = 1,
                    LastReportedOn = new(2026, 8, 28),
                    Leads = [new("ihk", "IHK zu Dortmund")],
                },
            ],
            null,
            new("2026-q4", "4. Quartal 2026"),
            new Completeness(23, 25)
        );
}

internal static class ListDuties
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/duties",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var query = new Query(read.View, read.Head, read.Text("cycle"), read.Text("partner"), read.Text("project"));
                    var duties =
                        await mediator.Send(query, ct) ?? throw Problem.Query("cycle", $"There is no reporting cycle '{query.Cycle}'.");
                    var state = read.Code<DutyState>("state");
                    var page = read.Slice([.. duties.All.Where(d => state is null || d.State == state)], d => d.Project.Key);
                    return new DutyPage(page.Data, page.Next, duties.Cycle, Completeness.Of(duties.All));
                }
            )
            .Reads<DutyPage>(
                "Who has to report in a cycle, and who has: of the current cycle, unless another is named",
                QueryParameter.Limit,
                QueryParameter.Cursor,
                "cycle",
                "partner",
                "project",
                "state"
            )
            .Codes<DutyState>("state", "Only those in this state.")
            .WithDescription("Also for everybody where the alliance has set Duties:Public; it is off unless somebody sets it.")
            .For(Right.Read(Resource.Duty));

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Head">The newest revision.</param>
    /// <param name="Cycle">Key of the cycle; otherwise the newest that has opened.</param>
    /// <param name="Partner">Key of a partner: only of the projects that it leads.</param>
    /// <param name="Project">Key of a project.</param>
    public sealed record Query(View View, long Head, string? Cycle, string? Partner = null, string? Project = null)
        : IRequest<DutiesOfCycle?>;

    /// <summary>The duties of a cycle.</summary>
    /// <param name="Cycle">The cycle; absent when none has opened yet.</param>
    /// <param name="All">Its duties.</param>
    public sealed record DutiesOfCycle(Reference? Cycle, IReadOnlyList<Duty> All);

    public sealed class Handler(PortfolioDatabase database, CurrentPortfolio current, IMapper mapper)
        : IRequestHandler<Query, DutiesOfCycle?>
    {
        public async Task<DutiesOfCycle?> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var facts = await current.AtAsync(session, request.View, cancellationToken);
            var snapshot = facts is null
                ? await SnapshotReader.AllAsync(session, mapper, request.View, request.Head, cancellationToken)
                : null;
            var cycles = facts?.Cycles ?? snapshot!.Cycles;
            var cycle = request.Cycle is { } key
                ? cycles.FirstOrDefault(c => c.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
                : Domain.Duties.CurrentCycle(cycles, request.View.Day);
            if (cycle is null)
            {
                return request.Cycle is null ? new(null, []) : null;
            }
            var all = facts?.DutiesIn(cycle, request.View) ?? Domain.Duties.In(snapshot!, cycle, request.View.Day);
            return new(
                new Reference(cycle.Key, cycle.Name),
                [
                    .. all.Where(d => request.Project is null || d.Project.Key == request.Project)
                        .Where(d => request.Partner is null || d.Leads.Any(lead => lead.Key == request.Partner)),
                ]
            );
        }
    }
}
