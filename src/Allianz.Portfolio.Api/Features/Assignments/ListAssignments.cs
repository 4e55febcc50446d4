using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Assignments;

internal static class ListAssignments
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/assignments",
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                {
                    var query = new Query(read.View, read.Limit + 1)
                    {
                        State = read.Code<AssignmentState>("state"),
                        Partner = read.Text("partner"),
                        Project = read.Text("project"),
                        Report = read.Number("report", 1, int.MaxValue),
                        After = read.After(),
                    };
                    return read.Page(await mediator.Send(query, ct), a => (Sort(a.DueOn), a.Key));
                }
            )
            .Lists<Assignment>("Assignments, the most urgent first", "state", "partner", "project", "report")
            .Codes<AssignmentState>("state", "Only those in this state.")
            .For(Right.Read(Resource.Assignment));

    // Without a day comes last. A project that the reader may not see is not named.
    private static readonly Statement _sql = new(from =>
        $"""
            SELECT a.[Key], a.Title, a.Text, a.DueOn, a.State, a.DoneOn, a.Evidence, a.Report, a.Meeting, a.Visibility, a.Sample, a.FromRevision AS Revision,
                a.Partner AS PartnerKey, o.Name AS PartnerName, p.[Key] AS ProjectKey, p.Title AS ProjectTitle
            FROM {from.Own("Assignment", "a")}
                LEFT JOIN {from.Shared("Partner", "o")} ON o.[Key] = a.Partner
                LEFT JOIN {from.Projects("p")} ON p.[Key] = a.Project
            WHERE (@key IS NULL OR a.[Key] = @key) AND (@state IS NULL OR a.State = @state) AND (@partner IS NULL OR a.Partner = @partner)
                AND (@project IS NULL OR p.[Key] = @project) AND (@report IS NULL OR a.Report = @report)
                AND COALESCE(a.DueOn, @last) >= @after AND (COALESCE(a.DueOn, @last) > @after OR a.[Key] > @afterKey)
            ORDER BY COALESCE(a.DueOn, @last), a.[Key] {from.Take}
            """
    );

    private static string Sort(DateOnly? dueOn) => (dueOn ?? DateOnly.MaxValue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <param name="View">Whose eyes, when.</param>
    /// <param name="Take">How many at most.</param>
    public sealed record Query(View View, int Take) : IRequest<IReadOnlyList<Assignment>>
    {
        /// <summary>Only this one.</summary>
        public string? Key { get; init; }
        public AssignmentState? State { get; init; }
        public string? Partner { get; init; }
        public string? Project { get; init; }
        public long? Report { get; init; }
        public Position? After { get; init; }
    }

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<Assignment>>
    {
        public async Task<IReadOnlyList<Assignment>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await ReadAsync(session, mapper, request, cancellationToken);
        }
    }

    /// <summary>The same within a session.</summary>
    public static async Task<IReadOnlyList<Assignment>> ReadAsync(Session session, IMapper mapper, Query query, CancellationToken ct) =>
        mapper.Map<List<Assignment>>(
            await session.QueryAsync<Row>(
                _sql,
                query.View,
                new
                {
                    key = query.Key?.ToLowerInvariant(),
                    state = query.State is { } state ? Codes.Of(state) : null,
                    partner = query.Partner,
                    project = query.Project,
                    report = query.Report,
                    last = DateOnly.MaxValue,
                    after = query.After?.AtDay() ?? DateOnly.MinValue,
                    afterKey = query.After?.AtKey() ?? "",
                    take = query.Take,
                },
                ct
            )
        );

    public sealed record Row
    {
        public required string Key { get; init; }
        public required string Title { get; init; }
        public string? Text { get; init; }
        public DateOnly? DueOn { get; init; }
        public required AssignmentState State { get; init; }
        public DateOnly? DoneOn { get; init; }
        public string? Evidence { get; init; }
        public long? Report { get; init; }
        public string? Meeting { get; init; }
        public required Visibility Visibility { get; init; }
        public bool Sample { get; init; }
        public required long Revision { get; init; }
        public string? PartnerKey { get; init; }
        public string? PartnerName { get; init; }
        public string? ProjectKey { get; init; }
        public string? ProjectTitle { get; init; }
        public Reference? Partner => PartnerKey is null ? null : new Reference(PartnerKey, PartnerName ?? PartnerKey);
        public Reference? Project => ProjectKey is null ? null : new Reference(ProjectKey, ProjectTitle!);
    }

    internal sealed class Mapping : Profile
    {
        public Mapping() => CreateMap<Row, Assignment>();
    }
}
