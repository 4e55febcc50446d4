using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Assessments;

internal static class ListAssessments
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/assessments",
                async (string project, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Page(
                        await mediator.Send(new Query(read.View, project, read.After()?.AtRevision(), read.Limit + 1), ct),
                        a => (a.Revision.ToString(CultureInfo.InvariantCulture), a.Key)
                    )
            )
            .Lists<AssessmentState>("The coordination's assessments of a project, the newest first")
            .For(Right.Read(Resource.Assessment));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT {SnapshotReader.AssessmentColumns}
            FROM {from.Projects("p")} JOIN {from.History("Assessment", "a", of: "p")}
            WHERE p.Id = @id AND a.FromRevision < @before
            ORDER BY a.FromRevision DESC {from.Take}
            """
    );

    public sealed record Query(View View, string Project, long? Before, int Take) : IRequest<IReadOnlyList<AssessmentState>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<AssessmentState>>
    {
        public async Task<IReadOnlyList<AssessmentState>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
            return mapper.Map<List<AssessmentState>>(
                await session.QueryAsync<AssessmentStateRow>(
                    _sql,
                    request.View,
                    new
                    {
                        id,
                        before = request.Before ?? long.MaxValue,
                        take = request.Take,
                    },
                    cancellationToken
                )
            );
        }
    }
}
