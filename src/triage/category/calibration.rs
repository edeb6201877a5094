//! How likely a guess is right, and whether it may file by itself: measured on guesses about corrections that the judges had
//! not seen. **Pure**.

/// A guess about a correction that the judges had not seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The more, the surer; of no unit.
    pub sureness: f64,
    /// The guessed category, by its place among all.
    pub guess: usize,
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
const STEPS: usize = 30;
/// Where outcomes are few, the curve is drawn to this slope and offset, and that of each category to the one of all.
const PLAIN: (f64, f64) = (1.5, -0.5);
const DRAW: f64 = 1.0;
const DRAW_CATEGORY: f64 = 4.0;

/// From sureness to likelihood.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    slope: f64,
    offset: f64,
    /// By category, added to the offset: among guesses that look equally sure, those of a common category are right more often.
    offsets: Vec<f64>,
    /// From these odds on a guess files by itself.
    files_from: Option<f64>,
}

impl Calibration {
    /// Fits a logistic curve (J. Platt 1999), moved for each category, and finds where automatic filing holds `precision`.
    #[must_use]
    pub fn of(outcomes: &[Outcome], categories: usize, precision: f64) -> Self {
        let mut fit =
            Self { slope: PLAIN.0, offset: PLAIN.1, offsets: vec![0.0; categories], files_from: None };
        for _ in 0..STEPS {
            fit.step(outcomes);
            fit.step_of_categories(outcomes);
        }
        // A surer guess is never less likely.
        fit.slope = fit.slope.max(0.05);
        fit.files_from = fit.files_from(outcomes, precision);
        fit
    }

    /// The logarithm of the odds that a guess is right.
    fn odds(&self, sureness: f64, guess: usize) -> f64 {
        self.slope * sureness + self.offset + self.offsets.get(guess).copied().unwrap_or_default()
    }

    /// How likely a guess is right, 0 to 1.
    #[must_use]
    pub fn confidence(&self, sureness: f64, guess: usize) -> f64 {
        1.0 / (1.0 + (-self.odds(sureness, guess)).exp())
    }

    /// Whether a guess may file.
    #[must_use]
    pub fn files(&self, sureness: f64, guess: usize) -> bool {
        self.files_from.is_some_and(|from| self.odds(sureness, guess) >= from)
    }

    /// Whether enough was seen to file anything.
    #[must_use]
    pub fn can_file(&self) -> bool {
        self.files_from.is_some()
    }

    /// The least odds at which the guesses of as good or better odds were right often enough, by their lower bound.
    fn files_from(&self, outcomes: &[Outcome], precision: f64) -> Option<f64> {
        let mut sorted: Vec<(f64, bool)> =
            outcomes.iter().map(|o| (self.odds(o.sureness, o.guess), o.right)).collect();
        sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
        let many = (outcomes.len() as f64 / FLATTERY_FROM).min(1.0);
        let asked = precision + (1.0 - precision) * FLATTERY * many;
        let (mut count, mut found) = (0, None);
        for (at, (odds, right)) in sorted.iter().enumerate() {
            count += usize::from(*right);
            if count >= FILED_MIN && lower_bound(count, at + 1) >= asked {
                found = Some(*odds);
            }
        }
        found
    }

    /// A step of Newton's method for slope and offset.
    fn step(&mut self, outcomes: &[Outcome]) {
        let (mut ga, mut gb) = (DRAW * (self.slope - PLAIN.0), DRAW * (self.offset - PLAIN.1));
        let (mut haa, mut hab, mut hbb) = (DRAW, 0.0, DRAW);
        for outcome in outcomes {
            let x = outcome.sureness;
            let (miss, bend) = self.miss(outcome);
            ga += miss * x;
            gb += miss;
            haa += bend * x * x;
            hab += bend * x;
            hbb += bend;
        }
        let det = haa * hbb - hab * hab;
        if det.abs() > 1e-12 {
            self.slope -= ((hbb * ga - hab * gb) / det).clamp(-2.0, 2.0);
            self.offset -= ((haa * gb - hab * ga) / det).clamp(-2.0, 2.0);
        }
    }

    /// The same for each category's offset.
    fn step_of_categories(&mut self, outcomes: &[Outcome]) {
        let mut sums: Vec<(f64, f64)> =
            self.offsets.iter().map(|offset| (DRAW_CATEGORY * offset, DRAW_CATEGORY)).collect();
        for outcome in outcomes {
            let (miss, bend) = self.miss(outcome);
            if let Some(sum) = sums.get_mut(outcome.guess) {
                *sum = (sum.0 + miss, sum.1 + bend);
            }
        }
        for (offset, (slope, bend)) in self.offsets.iter_mut().zip(sums) {
            *offset -= (slope / bend).clamp(-1.0, 1.0);
        }
    }

    /// How far the curve is off for an outcome, and how much it bends there.
    fn miss(&self, outcome: &Outcome) -> (f64, f64) {
        let likely = self.confidence(outcome.sureness, outcome.guess);
        (likely - if outcome.right { 1.0 } else { 0.0 }, likely * (1.0 - likely))
    }
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
