//! How likely a guess is right, and whether it may file by itself: measured on guesses about corrections that the judges had
//! not seen. **Pure**.

/// A guess about a correction that the judges had not seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The more, the surer; of no unit.
    pub sureness: f64,
    pub right: bool,
    /// Whether words alone were right; `None`: none speak for these categories.
    pub words_right: Option<bool>,
}

/// Automatic filing rests on at least so many right guesses.
const FILED_MIN: usize = 15;
/// The lower bound is passed by chance about once in ten.
const Z: f64 = 1.28;
/// Where many guesses were seen, the threshold is chosen among many: the one that looks best flatters. This part of what may be
/// wrong is kept back then.
const FLATTERY: f64 = 0.25;
const FLATTERY_FROM: f64 = 800.0;
/// Steps of the fit; it converges in a few.
const STEPS: usize = 50;

/// From sureness to likelihood.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Calibration {
    slope: f64,
    offset: f64,
    /// From this sureness on a guess files by itself.
    files_from: Option<f64>,
}

impl Calibration {
    /// Fits a logistic curve (J. Platt 1999) and finds where automatic filing holds `precision`.
    #[must_use]
    pub fn of(outcomes: &[Outcome], precision: f64) -> Self {
        let (slope, offset) = curve(outcomes);
        Self { slope, offset, files_from: files_from(outcomes, precision) }
    }

    /// How likely a guess of this sureness is right, 0 to 1.
    #[must_use]
    pub fn confidence(&self, sureness: f64) -> f64 {
        1.0 / (1.0 + (-(self.slope * sureness + self.offset)).exp())
    }

    /// Whether a guess of this sureness may file.
    #[must_use]
    pub fn files(&self, sureness: f64) -> bool {
        self.files_from.is_some_and(|from| sureness >= from)
    }

    /// Whether enough was seen to file anything.
    #[must_use]
    pub fn can_file(&self) -> bool {
        self.files_from.is_some()
    }
}

/// The least sureness at which the guesses that are as sure or surer were right often enough, by their lower bound.
fn files_from(outcomes: &[Outcome], precision: f64) -> Option<f64> {
    let mut sorted = outcomes.to_vec();
    sorted.sort_by(|a, b| b.sureness.total_cmp(&a.sureness));
    let many = (outcomes.len() as f64 / FLATTERY_FROM).min(1.0);
    let asked = precision + (1.0 - precision) * FLATTERY * many;
    let (mut right, mut found) = (0, None);
    for (at, outcome) in sorted.iter().enumerate() {
        right += usize::from(outcome.right);
        if right >= FILED_MIN && lower_bound(right, at + 1) >= asked {
            found = Some(outcome.sureness);
        }
    }
    found
}

/// The lower end of E. Wilson's interval (1927) of a share.
#[must_use]
pub fn lower_bound(right: usize, of: usize) -> f64 {
    let n = of.max(1) as f64;
    let share = right as f64 / n;
    let middle = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    (middle - spread) / (1.0 + Z * Z / n)
}

/// Slope and offset by Newton's method, drawn a little to a plain curve where outcomes are few.
fn curve(outcomes: &[Outcome]) -> (f64, f64) {
    const PLAIN: (f64, f64) = (1.5, -0.5);
    const DRAW: f64 = 1.0;
    let (mut slope, mut offset) = PLAIN;
    for _ in 0..STEPS {
        let (mut ga, mut gb) = (DRAW * (slope - PLAIN.0), DRAW * (offset - PLAIN.1));
        let (mut haa, mut hab, mut hbb) = (DRAW, 0.0, DRAW);
        for outcome in outcomes {
            let x = outcome.sureness;
            let p = 1.0 / (1.0 + (-(slope * x + offset)).exp());
            let miss = p - if outcome.right { 1.0 } else { 0.0 };
            let bend = p * (1.0 - p);
            ga += miss * x;
            gb += miss;
            haa += bend * x * x;
            hab += bend * x;
            hbb += bend;
        }
        let det = haa * hbb - hab * hab;
        if det.abs() < 1e-12 {
            break;
        }
        slope -= ((hbb * ga - hab * gb) / det).clamp(-2.0, 2.0);
        offset -= ((haa * gb - hab * ga) / det).clamp(-2.0, 2.0);
    }
    // A surer guess is never less likely.
    (slope.max(0.05), offset)
}
